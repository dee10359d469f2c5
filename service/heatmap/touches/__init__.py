"""What price did at zones that stood before it came."""
