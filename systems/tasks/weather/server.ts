import { createWeather } from './app.ts';
import { run } from './lifecycle.ts';
import { loadGazetteer } from './places/gazetteer.ts';
import { chooseSource } from './sources/choose.ts';

const source = chooseSource(process.env);
await run(`weather (${source.name})`, createWeather({ gazetteer: loadGazetteer(), source }));
