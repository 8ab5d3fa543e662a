#!/bin/sh
# Makes the secrets that docker-compose.yml mounts: random, one file each, never overwritten. Usage: sh ops/docker/make-secrets.sh [FOLDER]
# The folder is open to its owner only; the files in it are readable, since containers read them under other user ids.
set -eu

folder=${1:-${MUSICDB_SECRETS:-.data/secrets}}
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N 24 -tx1 /dev/urandom | tr -d ' \n'; }

# keep NAME VALUE
keep() {
  if [ -e "$folder/$1" ]; then
    echo "kept  $folder/$1"
    return
  fi
  printf %s "$2" > "$folder/$1"
  chmod 444 "$folder/$1"
  echo "made  $folder/$1"
}

keep postgres_password "$(random)"
keep database_url "postgres://musicdb:$(cat "$folder/postgres_password")@postgres:5432/musicdb"
keep api_token "$(random)"
keep grafana_admin_password "$(random)"
