"""Pages of the site about the articles; unlike the rest of this wing they import `advisor.report`."""
