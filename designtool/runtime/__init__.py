"""The reference runtime: a web service that imports bundles and runs treatments with them."""
