//! `gongche check` as people and programs meet it.
