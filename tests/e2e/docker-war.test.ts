import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { without } from '../../src/delivery/image/testing/programs.ts';
import { importBase } from '../docker/base-image.ts';
import { tomcatRoot, withoutTomcat } from '../docker/tomcat-base.ts';
import { startOnDocker, withoutDocker } from './docker.ts';

const skip = withoutDocker() || without('docker') || withoutTomcat();

test('a .war in Tomcat: built of its Dockerfile, served, and replaced', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const on = await startOnDocker(t);
  const { escale, docker } = on;
  await importBase(docker, 'escale-tests/tomcat:10', tomcatRoot(escale.folder));
  const system = escale.system('from-war');
  // What Maven would leave.
  const pack = () =>
    execFileSync('python3', ['-m', 'zipfile', '--create', '../shop.war', 'index.jsp', 'WEB-INF'], {
      cwd: `${system.folder}/web`,
    });
  pack();
  await escale.must(['deploy'], system.folder);
  assert.match(await escale.body(system.host, '/index.jsp'), /^Hello from a \.war, \d+, Apache Tomcat/);

  system.edit('web/index.jsp', (text) => text.replace('Hello', 'Hello again'));
  pack();
  await escale.must(['deploy'], system.folder);
  assert.match(await escale.body(system.host, '/index.jsp'), /^Hello again from a \.war/);
});
