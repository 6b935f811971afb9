import { config } from './config.js';
import { find, make } from './elements.js';
import { weatherIcon } from './weather-icon.js';
import { fetchWeather, NoWeather, searchPlaces } from './weather-source.js';

const { words, language } = config;
const cityKey = 'tasks-city';
const firstCity = 'Paris';
/** How often the shown city is asked for again, ms. */
const renewEvery = 10 * 60_000;

const elements = {
  form: find('.city-search', HTMLFormElement),
  field: find('#city', HTMLInputElement),
  cities: find('#cities', HTMLDataListElement),
  message: find('.weather-message', HTMLElement),
  now: find('.weather-now', HTMLElement),
  title: find('.outlook-title', HTMLElement),
  outlook: find('.outlook', HTMLOListElement),
  credits: find('.credits', HTMLElement),
};

/** Shows the weather of the city that was shown last, and of those that are searched for. */
export function startWeather() {
  const { form, field } = elements;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    showCity(field.value.trim());
  });
  field.addEventListener('input', suggestLater);
  const last = () => localStorage.getItem(cityKey) ?? firstCity;
  showCity(last());
  setInterval(() => showCity(last()), renewEvery);
}

let latest = 0;

/** What can't be shown is said, and what was shown before stays. @param {string} city */
async function showCity(city) {
  const turn = ++latest;
  try {
    const weather = await fetchWeather(city);
    if (turn !== latest) return;
    say('');
    localStorage.setItem(cityKey, weather.now.city);
    showNow(weather.now, weather.place?.country);
    showOutlook(weather.daily);
  } catch (error) {
    if (turn === latest) say(reasonOf(error));
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof NoWeather)) throw error;
  if (error.status === 404) return words.unknownCity;
  if (error.status === 400) return words.noCity;
  return error.age === null
    ? words.weatherDown
    : `${words.weatherDown} ${words.ofAge.replace('%s', ageText(error.age))}`;
}

/** @param {number} seconds */
function ageText(seconds) {
  const [value, unit] = seconds < 120 ? [seconds, 'second'] : [Math.round(seconds / 60), 'minute'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** @param {string} text */
function say(text) {
  elements.message.hidden = text === '';
  elements.message.textContent = text;
}

/** @param {number} value @param {string} unit */
function measure(value, unit) {
  const rounded = new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
  return `${rounded === '-0' ? '0' : rounded}\u00a0${unit}`;
}

/** @param {string} condition @returns {string} */
function wordFor(condition) {
  const table = /** @type {Record<string, unknown>} */ (words);
  return String(condition === 'clear' ? words.clearSky : (table[condition] ?? condition));
}

/** @param {import('./weather-source.js').Now} now @param {string | undefined} country */
function showNow(now, country) {
  const { humidity, wind_speed: wind } = now;
  elements.now.replaceChildren(
    weatherIcon(now.weather),
    make('span', { class: 'place', 'data-testid': 'city' }, country ? `${now.city}, ${country}` : now.city),
    make('span', { class: 'temperature' }, `${measure(now.temperature, '°C')}`),
    make(
      'span',
      { class: 'details' },
      `${wordFor(now.weather)} · ${words.humidity} ${measure(humidity, '%')} · ${words.wind} ${measure(wind, 'km/h')}`,
    ),
  );
  elements.now.hidden = false;
  const source = now.source === 'open-meteo' ? words.openMeteo : words.simulated;
  elements.credits.textContent = `${source} ${words.places}`;
}

/** The last WMO code of each condition, in rising order; as the service's own table. @type {[number, string][]} */
const conditions = [
  [1, 'clear'],
  [3, 'clouds'],
  [48, 'fog'],
  [57, 'drizzle'],
  [67, 'rain'],
  [77, 'snow'],
  [82, 'rain'],
  [86, 'snow'],
  [99, 'thunderstorm'],
];

/** @param {import('./weather-source.js').Daily | null} daily */
function showOutlook(daily) {
  elements.title.hidden = daily === null;
  elements.outlook.replaceChildren(...(daily?.time ?? []).map((day, index) => dayItem(daily, day, index)));
}

/**
 * @param {import('./weather-source.js').Daily | null} daily
 * @param {string} day
 * @param {number} index
 */
function dayItem(daily, day, index) {
  const code = daily?.weather_code[index] ?? 3;
  const condition = conditions.find(([last]) => code <= last)?.[1] ?? 'clouds';
  const name = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(new Date(day));
  const item = make('li', {}, make('span', {}, name), weatherIcon(condition));
  item.append(
    make('span', { class: 'sky' }, wordFor(condition)),
    make('span', {}, measure(daily?.temperature_2m_max[index] ?? Number.NaN, '°')),
    make('span', { class: 'low' }, measure(daily?.temperature_2m_min[index] ?? Number.NaN, '°')),
  );
  return item;
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let suggestion;

function suggestLater() {
  clearTimeout(suggestion);
  suggestion = setTimeout(suggest, 250);
}

async function suggest() {
  const name = elements.field.value.trim();
  if (name.length < 3) return;
  const places = await searchPlaces(name, 8).catch(() => []);
  const names = [...new Set(places.map((place) => place.name))];
  elements.cities.replaceChildren(...names.map((one) => make('option', { value: one })));
}
