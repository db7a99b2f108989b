# The starter set, for new caches.
starterdir = $(pkgdatadir)/starter
dist_starter_DATA = share/starter/models.csv share/starter/edges.csv share/starter/README
EXTRA_DIST += share/starter/check.py
