"""What the pages that plan, train and compare share."""
