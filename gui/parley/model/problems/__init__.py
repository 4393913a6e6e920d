"""What is wrong or risky in a draft, each with its field and a remedy."""
