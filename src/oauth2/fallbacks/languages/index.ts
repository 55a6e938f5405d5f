import type { Language } from '../../../http/replies/page-language.js';
import { de } from './de.js';
import { en } from './en.js';
import { es } from './es.js';
import type { FallbackTexts } from './fallback-texts.js';
import { fr } from './fr.js';

export const FALLBACK_TEXTS: Readonly<Record<Language, FallbackTexts>> = { en, de, fr, es };
