"""What is compared, one module per kind of evidence; `identity.model` puts them together."""
