import type { Addresses } from './addresses.ts';
import type { Language } from './negotiation.ts';
import { words } from './words.ts';

export interface PageParts extends Addresses {
  language: Language;
  /** The to-dos to show at once; null: the page asks for them. */
  todos: unknown[] | null;
}

/** The page: everything but the to-dos and the weather, which its script fills in. */
export function renderPage({ language, api, weather, todos }: PageParts): string {
  const word = words[language];
  const config = JSON.stringify({ language, api, weather, todos, words: word }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${word.description}">
<title>${word.title}</title>
<link rel="icon" href="/page/icon.svg">
<link rel="stylesheet" href="/page/page.css">
<script type="application/json" id="config">${config}</script>
<script type="module" src="/page/main.js"></script>
</head>
<body>
<noscript>${word.script}</noscript>
<p class="notice" role="status" hidden></p>
<main>
<section class="todoapp" aria-label="${word.list}">
<header class="header">
<h1>${word.todos}</h1>
<input class="new-todo" placeholder="${word.placeholder}" aria-label="${word.placeholder}" autocomplete="off" maxlength="1000" autofocus>
</header>
<section class="main" hidden>
<input id="toggle-all" class="toggle-all" type="checkbox">
<label for="toggle-all">${word.toggleAll}</label>
<ul class="todo-list"></ul>
</section>
<footer class="footer" hidden>
<span class="todo-count" data-testid="todo-count" aria-live="polite"></span>
<ul class="filters" aria-label="${word.filters}">
<li><a href="#/">${word.all}</a></li>
<li><a href="#/active">${word.active}</a></li>
<li><a href="#/completed">${word.completed}</a></li>
</ul>
<button class="clear-completed" type="button" hidden>${word.clear}</button>
</footer>
<p class="hint">${word.hint}</p>
</section>
<section class="weather" aria-labelledby="weather-title">
<h2 id="weather-title">${word.weather}</h2>
<form class="city-search" role="search" novalidate>
<label for="city">${word.city}</label>
<input id="city" name="city" list="cities" autocomplete="off" maxlength="100">
<datalist id="cities"></datalist>
<button type="submit">${word.search}</button>
</form>
<p class="weather-message" role="status" hidden></p>
<div class="weather-now" data-testid="weather" hidden></div>
<h3 class="outlook-title" hidden>${word.outlook}</h3>
<ol class="outlook" data-testid="outlook"></ol>
<p class="credits"></p>
</section>
</main>
</body>
</html>
`;
}
