import { createHub } from './changes/hub.ts';
import { listen } from './changes/listener.ts';
import { eventRoutes } from './changes/routes.ts';
import { allowOtherOrigins } from './cors.ts';
import { checkDatabase, openDatabase } from './database/database.ts';
import { createService, type Service } from './lifecycle.ts';
import { answerProblems } from './problem.ts';
import { todoRoutes } from './todos/routes.ts';
import { createStore } from './todos/store.ts';

/** The to-do API on the database of a connection string, not yet listening. */
export function createApi(connectionString: string, env: NodeJS.ProcessEnv): Service {
  const database = openDatabase(connectionString, env);
  const service = createService(() => checkDatabase(database));
  const { app, stopping } = service;
  const hub = createHub();
  app.removeContentTypeParser('text/plain');
  allowOtherOrigins(app);
  answerProblems(app);
  todoRoutes(app, createStore(database));
  eventRoutes(app, hub);
  void listen({ connectionString, heard: hub.tell, signal: stopping.signal });
  stopping.signal.addEventListener('abort', hub.close);
  app.addHook('onClose', () => database.destroy());
  return service;
}
