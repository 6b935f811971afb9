import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readForecastQueries } from '../forecast/query.ts';
import { simulatedSource } from '../sources/simulated/simulated.ts';
import type { Owner } from './instance.ts';

/** A stand-in that speaks Open-Meteo's API, and can be made to fail. */
export interface StandIn {
  url: string;
  /** `hang`: it never answers; `nonsense`: 200 without what was asked for. */
  mood: 'well' | 'down' | 'hang' | 'nonsense';
  /** The query strings it was asked. */
  asked: string[];
}

/** Starts it on a free port; it ends with its owner. */
export async function startOpenMeteo(owner: Owner): Promise<StandIn> {
  const source = simulatedSource();
  const server = createServer(async (request, response) => {
    const parameters = Object.fromEntries(new URL(request.url!, 'http://stand-in').searchParams);
    standIn.asked.push(request.url!);
    if (standIn.mood === 'hang') return;
    if (standIn.mood === 'down') response.statusCode = 502;
    const whole = await source.forecast(readForecastQueries(parameters)[0]!);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(standIn.mood === 'nonsense' ? { latitude: 1 } : whole));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  owner.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const standIn: StandIn = { url: `http://127.0.0.1:${port}`, mood: 'well', asked: [] };
  return standIn;
}
