# The starter set, for new caches: the tables, and a cache that is made of them with its fit, which a
# first start copies.  It is made once a build folder (share/starter/README), not when
# cross-compiling: the first start makes it then.
starterdir = $(pkgdatadir)/starter
STARTER_TABLES = share/starter/models.csv.gz share/starter/benchmarks.csv share/starter/scores.csv.gz \
	share/starter/edges.csv.gz share/starter/boards share/starter/SOURCES share/starter/README
dist_starter_DATA = $(STARTER_TABLES)
EXTRA_DIST += share/starter/make share/starter/check.py share/starter/lineage.csv
if !CROSS_COMPILING
nodist_starter_DATA = fitted/starter/starter.db
endif
fitted/starter/starter.db: $(STARTER_TABLES) | stemma$(EXEEXT)
	$(AM_V_GEN)rm -f $@ $@.new && mkdir -p fitted/starter && \
	STEMMA_SHARE='$(abs_top_srcdir)/share' XDG_CONFIG_HOME=/nonexistent ./stemma$(EXEEXT) --db $@.new fit >/dev/null && \
	mv $@.new $@ && for file in $(STARTER_TABLES:share/starter/%=%); do \
	cp -f "$(abs_top_srcdir)/share/starter/$$file" fitted/starter/; done
# The tables beside it, for a program that is not installed: STEMMA_SHARE=fitted.
CLEANFILES += fitted/starter/starter.db fitted/starter/starter.db.new $(STARTER_TABLES:share/%=fitted/%)
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
