"""What a frozen encoder knows of labels: which ones to doubt, and what to label next."""
