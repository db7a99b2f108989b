# The starter set, for new caches.
starterdir = $(pkgdatadir)/starter
dist_starter_DATA = share/starter/models.csv share/starter/edges.csv share/starter/README
EXTRA_DIST += share/starter/check.py
# The default configuration, to read and to copy; the program has it compiled in
# (tests/cli/config.sh: they are the same).
dist_pkgdata_DATA = share/config.yaml share/tour.keys

# Completions, where the shells look for them.
bash_completiondir = $(datadir)/bash-completion/completions
dist_bash_completion_DATA = share/completions/bash/stemma
zsh_completiondir = $(datadir)/zsh/site-functions
dist_zsh_completion_DATA = share/completions/zsh/_stemma
fish_completiondir = $(datadir)/fish/vendor_completions.d
dist_fish_completion_DATA = share/completions/fish/stemma.fish

desktopdir = $(datadir)/applications
dist_desktop_DATA = share/applications/stemma.desktop
metainfodir = $(datadir)/metainfo
dist_metainfo_DATA = share/metainfo/local.stemma.stemma.metainfo.xml
