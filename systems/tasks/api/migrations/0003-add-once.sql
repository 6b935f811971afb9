-- A client that never got its answer may send a new to-do again: under the same key it is added once.
alter table todos add column key text;

create unique index todos_once on todos (list, key);
