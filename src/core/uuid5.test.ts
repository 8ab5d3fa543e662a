import { expect, test } from 'vitest';
import { entityId, uuid5 } from './uuid5.ts';

const DNS = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');

test('the example of RFC 9562 comes out', () => {
  expect(uuid5('www.example.com', DNS)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

test('the same key gives the same id, another kind another one', () => {
  expect(entityId('artist', 'sven vath')).toBe(entityId('artist', 'sven vath'));
  expect(entityId('label', 'sven vath')).not.toBe(entityId('artist', 'sven vath'));
});

test('names outside ASCII are hashed as UTF-8 and the version and variant bits are set', () => {
  expect(uuid5('Sven Väth 嘘')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
