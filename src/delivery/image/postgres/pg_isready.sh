#!/bin/sh
# What PostgreSQL's own pg_isready says of the server of this container: 0 it takes connections, 1 it starts or stops, 2 it does
# not answer. Options are passed over. It begins to sign in as `postgres`, in words of protocol 3.0, and goes without a password.
answer=$(
  printf '\000\000\000\027\000\003\000\000user\000postgres\000\000' | nc -w 3 127.0.0.1 5432 2>/dev/null &
  asked=$!
  # Nothing of it may outlive it: the server is the first process, and would be told of its end. For 3 s at most.
  left=150
  while [ $left -gt 0 ] && kill -0 $asked 2>/dev/null; do
    sleep 0.02
    left=$((left - 1))
  done
  kill $asked 2>/dev/null
  wait
)
case $answer in
'') exit 2 ;;
# SQLSTATE cannot_connect_now.
E*57P03*) exit 1 ;;
esac
exit 0
