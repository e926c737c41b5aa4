"""The demonstration: a care unit with invented people, and a page that shows patient and therapist side by side."""
