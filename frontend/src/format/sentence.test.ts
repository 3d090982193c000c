import { expect, it } from 'vitest'
import { sentence } from './sentence'

it.each([
  ['no broker answers at 127.0.0.1:1: connection refused', 'No broker answers at 127.0.0.1:1: connection refused.'],
  ['The device is silent.', 'The device is silent.'],
  ['options.broker: is required', 'options.broker: is required.'],
  ['', ''],
  [undefined, ''],
])('makes %j a sentence', (text, said) => expect(sentence(text)).toBe(said))
