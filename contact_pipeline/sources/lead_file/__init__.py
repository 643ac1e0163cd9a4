"""Legacy lead files: JSON that other programs left behind."""
