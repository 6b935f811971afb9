import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trafficIn } from './traffic.ts';

const ONE = `# HELP escale_gateway_http_requests_total Requests answered.
# TYPE escale_gateway_http_requests_total counter
escale_gateway_http_requests_total{system="shop",environment="production",service="web",method="GET",status="200"} 40
escale_gateway_http_requests_total{system="shop",environment="production",service="web",method="GET",status="503"} 2
escale_gateway_held_requests{system="shop",environment="production",service="web"} 1
escale_gateway_instance_requests_total{system="shop",environment="production",service="web",instance="web-1",release="0"} 41
escale_gateway_connections_total 7
`;

test('what each pod of the gateway says is summed up by service', () => {
  const other = ONE.replace('web-1', 'web-2');
  assert.deepEqual(trafficIn([ONE, other, '', 'escale_gateway_held_requests{service="web"} nonsense']), {
    web: { requests: 84, errors: 4, held: 2, byPod: { 'web-1': 41, 'web-2': 41 } },
  });
  assert.deepEqual(trafficIn([]), {});
});
