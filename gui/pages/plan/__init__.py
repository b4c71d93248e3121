"""What the plan page is made of."""
