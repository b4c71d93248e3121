"""What a run will take: time, memory, disk, and the arms of a comparison."""
