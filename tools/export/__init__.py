"""Taking values out of the archive, and telling whether it is whole."""
