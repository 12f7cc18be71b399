"""The catalogues: how texts are found (`collect`), and how `make messages` brings the catalogues up to date."""
