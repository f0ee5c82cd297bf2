#!/bin/sh
sleep "$2"
