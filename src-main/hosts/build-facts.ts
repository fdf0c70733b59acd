/** What the build put in; the sources alone (tests) run as version 0.0.0. */

declare const __BERTH_VERSION__: string;

export const berthVersion = typeof __BERTH_VERSION__ === 'string' ? __BERTH_VERSION__ : '0.0.0';
