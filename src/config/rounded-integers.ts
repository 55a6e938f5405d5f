import { isJsonObject, type JsonValue } from '../protocol/json.js';

type Side = 'nearest' | 'below' | 'above';

/**
 * The value for a validator, to which a BigInt is no number: with doubles on both sides of each. What satisfies a rule on both
 * sides satisfies it whatever the rounding.
 */
export function roundings(value: JsonValue): JsonValue[] {
  return hasBigInteger(value) ? [rounded(value, 'below'), rounded(value, 'above')] : [value];
}

/** A copy with a double in place of each BigInt. */
export function rounded(value: JsonValue, side: Side): JsonValue {
  if (typeof value === 'bigint') return double(value, side);
  if (Array.isArray(value)) return value.map((one) => rounded(one, side));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rounded(one, side)]));
}

function hasBigInteger(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint';
  return Object.values(value).some(hasBigInteger);
}

/** Infinite beyond all doubles. */
function double(value: bigint, side: Side): number {
  const nearest = Number(value);
  if (side === 'nearest' || !Number.isFinite(nearest)) return nearest;
  const rest = value - BigInt(nearest);
  if (rest === 0n || rest < 0n === (side === 'above')) return nearest;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(nearest))) - 52); // between two doubles of this size
  return side === 'above' ? nearest + step : nearest - step;
}
