// js/src by the flow of a call: imports point down this list, or stay in their room.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './lib/native.mjs';

const source = join(root, 'js/src');
const floors = [
  ['entries'],
  ['client', 'mirror', 'demo'],
  ['call'],
  ['catalogue', 'answers'],
  ['storage'],
  ['core', 'status', 'testing'],
  ['base'],
];
const floorOf = (room) => floors.findIndex((rooms) => rooms.includes(room));

const modules = new Map(
  readdirSync(source, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, importsOf(name)]),
);

function importsOf(name) {
  const text = readFileSync(join(source, name), 'utf8');
  // Three forms: import … from '…', an import for its effect alone, and one at run time or in a type.
  const form = /^(?:import|export)\s[^;]*?from '(\.[^']+)';|^import '(\.[^']+)';|\bimport\('(\.[^']+)'\)/gm;
  const specifiers = [...text.matchAll(form)].map(([, from, effect, later]) => from ?? effect ?? later);
  return specifiers
    .map((specifier) => normalize(join(dirname(name), specifier)).replace(/\.js$/, '.ts'))
    .map((path) => (path === 'core/wasm_exec.ts' ? 'core/wasm_exec.d.ts' : path));
}

// What lies in no folder is an entry, but for the client and for the types and codes, which everything uses.
function roomOf(name) {
  if (name === 'client.ts') return 'client';
  if (name === 'types.ts' || name === 'codes.ts' || name.startsWith('types/')) return 'base';
  return name.includes('/') ? dirname(name) : 'entries';
}

function mayImport(from, to) {
  return roomOf(from) === roomOf(to) || floorOf(roomOf(from)) < floorOf(roomOf(to));
}

function circleFrom(name, path = []) {
  if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
  for (const next of modules.get(name)) {
    const circle = circleFrom(next, [...path, name]);
    if (circle) return circle;
  }
  return undefined;
}

describe('js/src', () => {
  it('has every module in a room of the list, and every import in a module', () => {
    for (const [name, imports] of modules) {
      assert.ok(floorOf(roomOf(name)) >= 0, `${name} lies in no room of the list`);
      for (const path of imports) assert.ok(modules.has(path), `${name} imports ${path}`);
    }
    assert.ok([...modules.values()].flat().length > 100);
  });

  it('imports downwards only', () => {
    const upwards = [...modules].flatMap(([name, imports]) =>
      imports.filter((path) => !mayImport(name, path)).map((path) => `${name} -> ${path}`),
    );
    assert.deepEqual(upwards, []);
  });

  it('has no circle, not even of types', () => {
    for (const name of modules.keys()) assert.equal(circleFrom(name)?.join(' -> '), undefined);
  });
});
