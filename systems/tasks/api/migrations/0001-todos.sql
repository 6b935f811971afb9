create table todos (
  id bigint generated always as identity primary key,
  list text not null,
  title text not null check (title ~ '\S'),
  completed boolean not null default false,
  "order" integer,
  created timestamptz not null default now()
);

create index todos_in_order on todos (list, "order", id);
