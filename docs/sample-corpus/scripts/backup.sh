#!/bin/sh
# Copies the shared folder to the backup host.
set -eu
rsync -a --delete /srv/shared/ backup.example:/srv/backup/shared/
