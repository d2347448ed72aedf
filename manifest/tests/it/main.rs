//! What the manifest promises, tried on real files, on disks that fail, on processes that die, and on
//! a model.

mod acts;
mod basics;
mod damage;
mod folds;
mod project;
mod states;
