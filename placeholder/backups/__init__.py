"""Everything that a service keeps on its own disk, in one file, and back: SQLite's rows, the finished pictures, the secret."""
