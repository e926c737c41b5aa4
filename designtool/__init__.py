"""designtool: treatment programs as text files, validated, previewed, bundled and run."""

__version__ = "0.1.0"
