dist_man_MANS += man/stemma-cache.5
