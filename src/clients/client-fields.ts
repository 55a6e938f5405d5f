/** Decorators for the fields of a client document: each sets validation and description of one kind of field. */
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Min,
  type ValidationOptions,
  ValidateBy,
} from 'class-validator';
import { parseDuration } from '../protocol/duration.js';

/** A text; an absent member and `null` are the same. */
export function TextField(options: ApiPropertyOptions = {}): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional({ type: String, ...options }), IsOptional(), IsString());
}

/** A list of texts. */
export function TextListField(options: ApiPropertyOptions = {}): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: [String], ...options }),
    IsOptional(),
    IsArray(),
    IsString({ each: true }),
  );
}

export function FlagField(options: ApiPropertyOptions = {}): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional({ type: Boolean, ...options }), IsOptional(), IsBoolean());
}

/** A whole number of seconds, not negative. */
export function SecondsField(): PropertyDecorator {
  const options: ApiPropertyOptions = { type: 'integer', format: 'int64', minimum: 0 };
  return applyDecorators(ApiPropertyOptional(options), IsOptional(), IsInt(), Min(0));
}

/** A duration such as `1h30m0s`; `null`: the configured lifespan counts. */
export function LifespanField(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: String,
      nullable: true,
      title: 'Time duration',
      pattern: '^([0-9]+([.][0-9]+)?(ns|us|µs|ms|s|m|h))+$',
      example: '1h0m0s',
    }),
    IsOptional(),
    IsDuration(),
  );
}

function IsDuration(options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && parseDuration(value) !== undefined;
  const defaultMessage = (): string => "$property must be a duration in the units h, m, s and ms, such as '1h30m'";
  return ValidateBy({ name: 'isDuration', validator: { validate, defaultMessage } }, options);
}
