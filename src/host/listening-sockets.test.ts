import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSockets } from './listening-sockets.ts';

/** /proc/net/tcp of a real host: two that listen, one connection, one that waits for its end. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 182934 1 0000000000000000 100 0 0 10 0                    
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16417 1 0000000000000000 100 0 0 10 0                     
   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 182977 1 0000000000000000 20 4 30 10 -1                   
   3: 0100007F:D431 0100007F:1F90 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000                                      
`;

const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1FBB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 190001 1 0000000000000000 100 0 0 10 0
`;

test('the sockets that listen, whole', () => {
  assert.deepEqual(parseSockets(TCP), [
    { address: '0100007F', port: 8080, inode: '182934' },
    { address: '00000000', port: 22, inode: '16417' },
  ]);
  assert.deepEqual(parseSockets(TCP6), [{ address: '0'.repeat(32), port: 8123, inode: '190001' }]);
});

test('an empty table, and none', () => {
  assert.deepEqual(parseSockets(TCP.split('\n')[0]!), []);
  assert.deepEqual(parseSockets(''), []);
});
