"""Icons, themes, help pages and sample profiles, shipped as the package `parley.resources`."""
