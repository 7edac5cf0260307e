/** The figures that shade the areas: their classes, their shades, and what the legend must say about them. */

import { type ShadeClass, classOf, shadeClasses } from "./classes.ts";
import { shadingValue } from "./numbers.ts";
import type { Claim, Payload } from "./payload.ts";
import { shades } from "./symbols.ts";

export interface Scale {
  measure: string;
  classes: readonly ShadeClass[];
  colours: readonly string[];
  /** The claim of each area that has one. */
  claims: ReadonlyMap<string, Claim>;
  /** Undefined for an area without a figure. */
  shadeOf(code: string): string | undefined;
}

export class Figures {
  readonly #scales: ReadonlyMap<string, Scale>;

  constructor(payload: Payload) {
    const codes = new Set(payload.areas.map((area) => area.code));
    this.#scales = new Map(
      payload.choropleth.map(({ measure, values }) => {
        const entries = Object.entries(values).flatMap(([code, index]) => {
          const claim = payload.claims[index];
          return claim && codes.has(code) ? [[code, claim] as const] : [];
        });
        return [measure, makeScale(measure, new Map(entries))];
      }),
    );
  }

  scale(measure: string): Scale | undefined {
    return this.#scales.get(measure);
  }
}

function makeScale(measure: string, claims: ReadonlyMap<string, Claim>): Scale {
  const values = new Map<string, number>();
  for (const [code, claim] of claims) {
    const value = shadingValue(claim);
    if (value !== null) values.set(code, value);
  }
  const classes = shadeClasses([...values.values()]);
  const colours = shades(classes.length);
  return {
    measure, classes, colours, claims,
    shadeOf: (code) => {
      const value = values.get(code);
      return value === undefined ? undefined : colours[classOf(value, classes)];
    },
  };
}
