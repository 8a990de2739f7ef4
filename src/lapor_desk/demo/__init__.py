"""The main job on loopback: four citizens, four doors, and everything that follows, in seconds."""
