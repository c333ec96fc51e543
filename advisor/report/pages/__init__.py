"""Pages: documents in, Markdown and assets out, in a plain docs directory that any MkDocs can build."""
