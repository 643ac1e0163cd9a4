"""The command line's commands, a module for each group. Each calls the package and prints what it gives."""
