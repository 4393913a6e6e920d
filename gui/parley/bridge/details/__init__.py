"""What is selected in the log, as Qt trees and tables."""
