/* The page of a shared chat: nothing but what reading needs. */
import "./copy.js";
import "./code.js";
import "./tables.js";
import "./diagrams.js";
import "./queries.js";
import "./seen.js";
