"""The command line's commands, a module for each group. Each calls functions of the package and prints what they give."""
