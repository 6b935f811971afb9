/**
 * What Escale's own server of files answers, said for nginx: never a file that begins with a dot, `404.html` where there
 * is one, `index.html` for unknown paths of a single-page application. `${PORT}` is filled in when the container starts.
 */
export function nginxTemplate({ spa }: { spa: boolean }): string {
  return `server {
  listen \${PORT};
  root /usr/share/nginx/html;
  server_tokens off;
  absolute_redirect off;
  error_page 404 /404.html;
  location ~ /\\. {
    return 404;
  }
  location / {
    try_files $uri $uri/index.html ${spa ? '/index.html' : '=404'};
  }
}
`;
}
