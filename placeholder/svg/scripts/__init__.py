"""Text in any script as outlines: which font draws a character, its shape among its neighbours, its place in the line."""
