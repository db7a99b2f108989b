# The starter set, for new caches.
starterdir = $(pkgdatadir)/starter
dist_starter_DATA = share/starter/models.csv share/starter/edges.csv share/starter/README
EXTRA_DIST += share/starter/check.py
# The default configuration, to read and to copy; the program has it compiled in
# (tests/cli/config.sh: they are the same).
dist_pkgdata_DATA = share/config.yaml share/tour.keys
