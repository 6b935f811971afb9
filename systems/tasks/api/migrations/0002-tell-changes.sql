-- Whoever changes a row, also by hand, all replicas hear of it: the payload is the list. Equal ones of one transaction
-- are sent once.
create function tell_todos_changed() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform pg_notify('todos', old.list);
  end if;
  if tg_op <> 'DELETE' and (tg_op = 'INSERT' or new.list <> old.list) then
    perform pg_notify('todos', new.list);
  end if;
  return null;
end $$;

create trigger todos_changed after insert or update or delete on todos
  for each row execute function tell_todos_changed();
