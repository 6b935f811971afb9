#!/bin/sh
# The entry of Escale's image of PostgreSQL: makes the data on an empty volume, and becomes the server.
# PG_MAJOR, PGDATA: of the image. POSTGRES_PASSWORD: the superuser's. OWNER_PASSWORD: of the role that owns the database.
set -eu
umask 077
files=/usr/share/escale/postgres
volume=${PGDATA%/*/*}
# Whatever is found here later was never whole.
making=$volume/making

refuse() {
  echo "escale: $*" >&2
  exit 1
}

# The first process gets no signal that it does not ask for; whoever it waits for ends with it.
trap 'exit 143' INT TERM QUIT

checked() {
  for found in "$volume"/PG_VERSION "$volume"/*/PG_VERSION "$volume"/*/*/PG_VERSION; do
    if [ ! -f "$found" ] || [ "$found" = "$making/PG_VERSION" ]; then continue; fi
    folder=${found%/PG_VERSION}
    major=$(cat "$found")
    [ "$major" = "$PG_MAJOR" ] || refuse "the volume has data of PostgreSQL $major ($folder), and this is $PG_MAJOR, which can't read them." \
      "Nothing was changed. Start an image of PostgreSQL $major again (--postgres-image), and bring what pg_dump says into a new database."
    [ "$folder" = "$PGDATA" ] && [ -f "$folder/escale.json" ] || refuse "the volume has data that another image has made ($folder)." \
      "Nothing was changed. Name that image again (--postgres-image), or bring what pg_dump says into a new database."
  done
  if [ -e "$PGDATA" ] && [ ! -f "$PGDATA/PG_VERSION" ]; then
    refuse "$PGDATA is there, and is no data folder of PostgreSQL. Nothing was changed: look into the volume."
  fi
}

# Statements that say them. Nobody sees the words of a command line, a log or a file of it: PostgreSQL alone reads them.
passwords() {
  superuser=$(quoted "$POSTGRES_PASSWORD")
  owner=$(quoted "$OWNER_PASSWORD")
  # It follows from the superuser's: whoever knows that one may read anyway.
  reader=$(printf 'escale_reader\n%s' "$POSTGRES_PASSWORD" | sha256sum | cut -c 1-64)
  printf "ALTER ROLE %s PASSWORD '%s';\n" postgres "$superuser" app "$owner" escale_reader "$reader"
}

quoted() {
  printf %s "$1" | sed "s/'/''/g"
}

# Which passwords a data folder was given, without telling them.
fingerprint() {
  printf '%s\n%s' "$POSTGRES_PASSWORD" "$OWNER_PASSWORD" | sha256sum | cut -c 1-64
}

# single_user FOLDER STATEMENTS, each on one line, on a data folder that no server uses.
single_user() {
  printf '%s\n' "$2" | postgres --single -D "$1" -c exit_on_error=on -c log_min_error_statement=panic template1 >/dev/null &
  wait $!
}

# A file is there whole, or as before.
put() {
  if cmp -s "$1" "$2"; then return; fi
  cp "$1" "$2.new"
  sync "$2.new"
  mv "$2.new" "$2"
  sync "${2%/*}"
}

settings() {
  put $files/escale.conf "$1/escale.conf"
  put $files/pg_hba.conf "$1/pg_hba.conf"
}

marked() {
  printf '{ "user": "app", "database": "app", "access": "%s" }\n' "$(fingerprint)" >"$1/escale.json.new"
  sync "$1/escale.json.new"
  mv "$1/escale.json.new" "$1/escale.json"
  sync "$1"
}

made() {
  rm -rf "$making"
  echo "escale: makes the data of PostgreSQL $PG_MAJOR in $PGDATA" >&2
  # shellcheck disable=SC2046 # Each line is a word.
  initdb $(cat $files/initdb.options) -D "$making" </dev/null >/tmp/initdb.log 2>&1 &
  wait $! || refuse "initdb failed: $(cat /tmp/initdb.log)"
  echo "include 'escale.conf'" >>"$making/postgresql.conf"
  sync "$making/postgresql.conf"
  settings "$making"
  statements=$(cat $files/roles.sql && passwords)
  single_user "$making" "$statements"
  marked "$making"
  mkdir -p "${PGDATA%/*}"
  mv "$making" "$PGDATA"
  sync "${PGDATA%/*}" "$volume"
}

# What each start needs anew. Data of a snapshot have the passwords of their time: they get those of today.
refreshed() {
  settings "$PGDATA"
  if grep -q "$(fingerprint)" "$PGDATA/escale.json"; then return; fi
  statements=$(passwords)
  single_user "$PGDATA" "$statements"
  marked "$PGDATA"
}

[ -n "${POSTGRES_PASSWORD:-}" ] && [ -n "${OWNER_PASSWORD:-}" ] || refuse 'POSTGRES_PASSWORD and OWNER_PASSWORD are missing'
case $POSTGRES_PASSWORD$OWNER_PASSWORD in *"
"*) refuse 'a password is one line' ;; esac
checked
if [ -e "$PGDATA" ]; then refreshed; else made; fi
exec postgres -D "$PGDATA"
