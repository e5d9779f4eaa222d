"""Who paints: Replicate, a Cog model server, or the embedded sketch; and how their pictures and their news reach us."""
